-- Closing time that nine of ten cases keep, by district.
SELECT
  NULLIF(TRIM(CAST("district" AS TEXT)), '') AS "district",
  QUANTILE_CONT(
    (
      (
        (
          EPOCH_US(closed_at) - EPOCH_US(registered_at)
        ) / 3600000000.0
      ) - paused_hours
    ),
    0.9
  ) AS "closing_hours.p90#n",
  COUNT(
    (
      (
        (
          EPOCH_US(closed_at) - EPOCH_US(registered_at)
        ) / 3600000000.0
      ) - paused_hours
    )
  ) AS "closing_hours.p90#d"
FROM cases
WHERE
  (
    NOT closed_at IS NULL AND NOT registered_at IS NULL AND closed_at >= registered_at
  )
  AND "closed_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP)
  AND "closed_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP)
GROUP BY
  1;
