-- Cases, alarms and both together by district, each fact counted on its own.
SELECT
  "district",
  MAX("reported_cases#n") AS "reported_cases#n",
  MAX("alarms#n") AS "alarms#n",
  MAX("unconverted_alarms#n") AS "unconverted_alarms#n"
FROM (
  SELECT
    NULLIF(TRIM(CAST("district" AS TEXT)), '') AS "district",
    COUNT(*) AS "reported_cases#n",
    NULL AS "alarms#n",
    NULL AS "unconverted_alarms#n"
  FROM cases
  WHERE
    "reported_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP)
    AND "reported_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP)
  GROUP BY
    1
  UNION ALL
  SELECT
    NULLIF(TRIM(CAST("district" AS TEXT)), '') AS "district",
    NULL AS "reported_cases#n",
    COUNT(*) AS "alarms#n",
    NULL AS "unconverted_alarms#n"
  FROM alarms
  WHERE
    (
      NOT is_false
    )
    AND "detected_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP)
    AND "detected_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP)
  GROUP BY
    1
  UNION ALL
  SELECT
    NULLIF(TRIM(CAST("district" AS TEXT)), '') AS "district",
    NULL AS "reported_cases#n",
    NULL AS "alarms#n",
    COUNT(*) AS "unconverted_alarms#n"
  FROM alarms
  WHERE
    (
      NOT is_false AND case_no IS NULL
    )
    AND "detected_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP)
    AND "detected_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP)
  GROUP BY
    1
) AS parts
GROUP BY
  1;
