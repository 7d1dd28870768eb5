-- Cases open and overdue now.
SELECT
  MAX("open_cases#n") AS "open_cases#n",
  MAX("overdue_open#n") AS "overdue_open#n"
FROM (
  SELECT
    COUNT(*) AS "open_cases#n",
    NULL AS "overdue_open#n"
  FROM cases
  WHERE
    (
      NOT registered_at IS NULL AND NOT cancelled
    )
    AND (
      registered_at < CAST('2026-11-23 08:30:00' AS TIMESTAMP)
      AND (
        closed_at IS NULL OR closed_at >= CAST('2026-11-23 08:30:00' AS TIMESTAMP)
      )
    )
  UNION ALL
  SELECT
    NULL AS "open_cases#n",
    COUNT(*) AS "overdue_open#n"
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
) AS parts;
