-- This month against the same part of the last: the first statement of two.
SELECT
  NULLIF(TRIM(CAST("district" AS TEXT)), '') AS "district",
  COUNT(*) AS "reported_cases#n"
FROM cases
WHERE
  "reported_at" >= CAST('2026-11-01 00:00:00' AS TIMESTAMP)
  AND "reported_at" < CAST('2026-11-23 08:30:00' AS TIMESTAMP)
GROUP BY
  1;
