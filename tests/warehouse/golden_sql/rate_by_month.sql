-- Closure rate of each month: every bucket carries over on its own.
SELECT
  "bucket"."start" AS "time",
  CAST(COALESCE(
    SUM(
      CASE
        WHEN (
          NOT closed_at IS NULL AND closed_at < "bucket"."until"
        ) AND (
          TRUE
        )
        THEN 1
        ELSE 0
      END
    ),
    0
  ) AS BIGINT) AS "closure_rate#n",
  CAST(COALESCE(SUM(CASE WHEN (
    TRUE
  ) THEN 1 ELSE 0 END), 0) AS BIGINT) AS "closure_rate#d"
FROM cases
INNER JOIN (
  SELECT
    CAST('2026-09-01 00:00:00' AS TIMESTAMP) AS "start",
    CAST('2026-10-01 00:00:00' AS TIMESTAMP) AS "end",
    CAST('2026-10-01 00:00:00' AS TIMESTAMP) AS "until"
  UNION ALL
  SELECT
    CAST('2026-10-01 00:00:00' AS TIMESTAMP) AS "start",
    CAST('2026-11-01 00:00:00' AS TIMESTAMP) AS "end",
    CAST('2026-11-01 00:00:00' AS TIMESTAMP) AS "until"
  UNION ALL
  SELECT
    CAST('2026-11-01 00:00:00' AS TIMESTAMP) AS "start",
    CAST('2026-11-23 08:30:00' AS TIMESTAMP) AS "end",
    CAST('2026-11-23 08:30:00' AS TIMESTAMP) AS "until"
) AS bucket
  ON (
    due_at < "bucket"."until"
    AND (
      due_at >= "bucket"."start" OR closed_at IS NULL OR closed_at >= "bucket"."start"
    )
  )
WHERE
  (
    NOT registered_at IS NULL
    AND NOT cancelled
    AND NOT suspended
    AND NOT timeout_exempt
  )
GROUP BY
  1;
