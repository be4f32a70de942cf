-- A field of a ROW as the time attribute, by way of a computed column.
CREATE TABLE t (e ROW<at TIMESTAMP(3), n INT>, ts AS e.at, WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = 'computed_time.in', 'format' = 'json');
SELECT window_end, SUM(e.n) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
