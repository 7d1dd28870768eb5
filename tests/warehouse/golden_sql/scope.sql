-- The same count for somebody who sees one district.
-- $1: 'A'
SELECT
  NULLIF(TRIM(CAST("street" AS TEXT)), '') AS "street",
  COUNT(*) AS "reported_cases#n"
FROM cases
WHERE
  NULLIF(TRIM(CAST("district" AS TEXT)), '') IN ($1)
  AND "reported_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP)
  AND "reported_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP)
GROUP BY
  1;
