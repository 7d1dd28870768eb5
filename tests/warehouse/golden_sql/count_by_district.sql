-- Cases reported in each district in October.
SELECT
  NULLIF(TRIM(CAST("district" AS TEXT)), '') AS "district",
  COUNT(*) AS "reported_cases#n"
FROM cases
WHERE
  "reported_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP)
  AND "reported_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP)
GROUP BY
  1;
