-- Arrays leave NULLs out, objects have them, unless they say otherwise. Objects are sorted by their
-- keys; of a key that comes twice they have the last value.
CREATE TABLE t (
  ts TIMESTAMP(3), k STRING, i INT, d DOUBLE, m DECIMAL(6, 2), x STRING, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'json_hop.in', 'format' = 'json');
SELECT k, JSON_ARRAYAGG(x), JSON_ARRAYAGG(x NULL ON NULL), JSON_ARRAYAGG(DISTINCT i),
  JSON_OBJECTAGG(KEY x VALUE i), JSON_OBJECTAGG(x VALUE i ABSENT ON NULL)
FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND))
GROUP BY k, window_start, window_end;
