-- Operators in one task that fire more than they may at once, one behind the other.
CREATE TABLE t (i BIGINT, k AS i % 3000, ts AS TO_TIMESTAMP_LTZ(i, 3), WATERMARK FOR ts AS ts - INTERVAL '1' HOUR)
WITH ('connector' = 'datagen', 'number-of-rows' = '60000', 'fields.i.kind' = 'sequence',
  'fields.i.start' = '0', 'fields.i.end' = '59999');
CREATE VIEW counts AS
SELECT k, window_start, window_end, window_time, COUNT(*) AS n
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '6' SECOND))
GROUP BY k, window_start, window_end, window_time;
CREATE VIEW sums AS
SELECT k, window_time, SUM(n) OVER (PARTITION BY k ORDER BY window_time) AS total FROM counts;
CREATE VIEW best AS
SELECT k, window_start, window_end, r FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY n) AS r FROM counts) WHERE r = 1;
SELECT 'over', COUNT(*), SUM(total) FROM TABLE(TUMBLE(TABLE sums, DESCRIPTOR(window_time), INTERVAL '1' HOUR))
GROUP BY window_start, window_end
UNION ALL
SELECT 'sorted', COUNT(*), SUM(n) FROM (
  SELECT ROW_NUMBER() OVER (ORDER BY window_time) AS r, n, window_time FROM (SELECT * FROM counts ORDER BY window_time)) AS s
  WHERE r = 7000
GROUP BY TUMBLE(window_time, INTERVAL '1' HOUR)
UNION ALL
SELECT 'best', COUNT(*), SUM(r) FROM best GROUP BY window_start, window_end;
