-- The cases that are overdue longest.
SELECT
  "case_no" AS "case_no",
  "reported_at" AS "reported_at",
  "district" AS "district",
  "street" AS "street",
  "address" AS "address",
  "major_category" AS "major_category",
  "minor_category" AS "minor_category",
  "title" AS "title",
  "department" AS "department",
  "due_at" AS "due_at",
  "closed_at" AS "closed_at",
  "status" AS "status",
  (
    CASE
      WHEN cancelled
      THEN 'cancelled'
      WHEN NOT closed_at IS NULL AND closed_at <= CAST('2026-11-23 08:30:00' AS TIMESTAMP)
      THEN 'closed'
      WHEN suspended
      THEN 'suspended'
      ELSE 'open'
    END
  ) AS "state",
  (
    CASE
      WHEN NOT due_at IS NULL
      AND (
        closed_at > due_at
        OR (
          closed_at IS NULL AND due_at < CAST('2026-11-23 08:30:00' AS TIMESTAMP)
        )
      )
      THEN (
        (
          EPOCH_US(COALESCE(closed_at, CAST('2026-11-23 08:30:00' AS TIMESTAMP))) - EPOCH_US(due_at)
        ) / 3600000000.0
      )
    END
  ) AS "overdue_hours"
FROM cases
WHERE
  (
    NOT registered_at IS NULL AND NOT suspended AND NOT cancelled
  )
  AND (
    due_at < CAST('2026-11-23 08:30:00' AS TIMESTAMP)
    AND registered_at < CAST('2026-11-23 08:30:00' AS TIMESTAMP)
    AND (
      closed_at IS NULL OR closed_at >= CAST('2026-11-23 08:30:00' AS TIMESTAMP)
    )
  )
ORDER BY
  "overdue_hours" DESC,
  "case_no" ASC
LIMIT 5;
