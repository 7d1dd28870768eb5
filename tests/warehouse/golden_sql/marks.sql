-- What is overdue by state.
SELECT
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
      WHEN due_at IS NULL
      THEN NULL
      WHEN due_at < CAST('2026-11-23 08:30:00' AS TIMESTAMP)
      AND (
        closed_at IS NULL OR closed_at > due_at
      )
      THEN 'yes'
      ELSE 'no'
    END
  ) AS "overdue",
  COUNT(*) AS "registered_cases#n"
FROM cases
WHERE
  (
    NOT registered_at IS NULL
  )
  AND "registered_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP)
  AND "registered_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP)
GROUP BY
  1,
  2;
