-- On-time closure rate by department in a month that is still running.
SELECT
  NULLIF(TRIM(CAST("department" AS TEXT)), '') AS "department",
  CAST(COALESCE(
    SUM(
      CASE
        WHEN (
          NOT closed_at IS NULL AND closed_at <= due_at
        ) AND (
          TRUE
        )
        THEN 1
        ELSE 0
      END
    ),
    0
  ) AS BIGINT) AS "on_time_closure_rate#n",
  CAST(COALESCE(SUM(CASE WHEN (
    TRUE
  ) THEN 1 ELSE 0 END), 0) AS BIGINT) AS "on_time_closure_rate#d"
FROM cases
WHERE
  (
    NOT registered_at IS NULL
    AND NOT cancelled
    AND NOT suspended
    AND NOT timeout_exempt
  )
  AND (
    due_at < CAST('2026-11-23 08:30:00' AS TIMESTAMP)
    AND (
      due_at >= CAST('2026-11-01 00:00:00' AS TIMESTAMP)
      OR closed_at IS NULL
      OR closed_at >= CAST('2026-11-01 00:00:00' AS TIMESTAMP)
    )
  )
GROUP BY
  1;
