-- Cases reported on working days: weekdays with their exceptions.
SELECT
  COUNT(*) AS "reported_cases#n"
FROM cases
WHERE
  "reported_at" >= CAST('2026-01-01 00:00:00' AS TIMESTAMP)
  AND "reported_at" < CAST('2026-11-23 08:30:00' AS TIMESTAMP)
  AND (
    CAST("reported_at" AS DATE) >= CAST('2026-01-04' AS DATE)
    AND CAST("reported_at" AS DATE) <= CAST('2026-11-23' AS DATE)
    AND (
      (
        ISODOW("reported_at") IN (1, 2, 3, 4, 5)
        AND NOT CAST("reported_at" AS DATE) IN (
          CAST('2026-02-16' AS DATE),
          CAST('2026-02-17' AS DATE),
          CAST('2026-02-18' AS DATE),
          CAST('2026-02-19' AS DATE),
          CAST('2026-02-20' AS DATE),
          CAST('2026-02-23' AS DATE),
          CAST('2026-04-06' AS DATE),
          CAST('2026-05-01' AS DATE),
          CAST('2026-05-04' AS DATE),
          CAST('2026-05-05' AS DATE),
          CAST('2026-06-19' AS DATE),
          CAST('2026-09-25' AS DATE),
          CAST('2026-10-01' AS DATE),
          CAST('2026-10-02' AS DATE),
          CAST('2026-10-05' AS DATE),
          CAST('2026-10-06' AS DATE),
          CAST('2026-10-07' AS DATE)
        )
      )
      OR CAST("reported_at" AS DATE) IN (
        CAST('2026-01-04' AS DATE),
        CAST('2026-02-14' AS DATE),
        CAST('2026-02-28' AS DATE),
        CAST('2026-05-09' AS DATE),
        CAST('2026-09-20' AS DATE),
        CAST('2026-10-10' AS DATE)
      )
    )
  );
