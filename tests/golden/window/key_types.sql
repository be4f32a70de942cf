-- Keys of any type together; all NULL is a key as well, and differs from empty and zero.
CREATE TABLE t (ts TIMESTAMP(3), s STRING, b BOOLEAN, i SMALLINT, l BIGINT, d DECIMAL(20, 2), f DOUBLE,
  x DATE, t TIME, z TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'key_types.in', 'format' = 'json');
SELECT COUNT(*) AS n, s, b, i, l, d, f, x, t, z, window_end
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY s, b, i, l, d, f, x, t, z, window_start, window_end;
