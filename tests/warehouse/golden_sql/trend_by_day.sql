-- Cases closed on each day of a week.
SELECT
  CAST(DATE_TRUNC('DAY', "closed_at") AS TIMESTAMP) AS "time",
  COUNT(*) AS "closed_cases#n"
FROM cases
WHERE
  (
    NOT closed_at IS NULL
  )
  AND "closed_at" >= CAST('2026-11-09 00:00:00' AS TIMESTAMP)
  AND "closed_at" < CAST('2026-11-16 00:00:00' AS TIMESTAMP)
GROUP BY
  1;
