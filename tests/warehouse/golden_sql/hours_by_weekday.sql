-- When cases are reported: hour by weekday.
SELECT
  ISODOW("reported_at") AS "weekday",
  HOUR("reported_at") AS "hour_of_day",
  COUNT(*) AS "reported_cases#n"
FROM cases
WHERE
  "reported_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP)
  AND "reported_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP)
GROUP BY
  1,
  2;
