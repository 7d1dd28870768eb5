-- Cases reported at night in October, over midnight.
SELECT
  COUNT(*) AS "reported_cases#n"
FROM cases
WHERE
  "reported_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP)
  AND "reported_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP)
  AND (
    (
      HOUR("reported_at") * 3600 + MINUTE("reported_at") * 60 + SECOND("reported_at")
    ) >= 79200
    OR (
      HOUR("reported_at") * 3600 + MINUTE("reported_at") * 60 + SECOND("reported_at")
    ) < 21600
  );
