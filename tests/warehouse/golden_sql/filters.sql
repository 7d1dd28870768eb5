-- Filters: one of, none of, a threshold on the clock, no value.
-- $1: 'A'
-- $2: 'x'
-- $3: 18.0
SELECT
  COUNT(*) AS "reported_cases#n"
FROM cases
WHERE
  NULLIF(TRIM(CAST("district" AS TEXT)), '') IN ($1)
  AND (
    NOT NULLIF(TRIM(CAST("minor_category" AS TEXT)), '') IN ($2)
    OR NULLIF(TRIM(CAST("minor_category" AS TEXT)), '') IS NULL
  )
  AND HOUR("reported_at") >= $3
  AND NULLIF(TRIM(CAST("street" AS TEXT)), '') IS NULL
  AND "reported_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP)
  AND "reported_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP);
