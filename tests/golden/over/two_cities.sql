-- A card used in two cities within ten minutes.
CREATE TABLE pay (card STRING, city STRING, amount INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'two_cities.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT card, earlier, city FROM (
  SELECT card, city, ts, LAG(city) OVER w AS earlier, LAG(ts) OVER w AS earlier_ts
  FROM pay WINDOW w AS (PARTITION BY card ORDER BY ts))
WHERE earlier <> city AND ts <= earlier_ts + INTERVAL '10' MINUTE;
