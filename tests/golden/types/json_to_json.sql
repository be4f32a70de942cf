-- output: written.json
CREATE TABLE t (b BOOLEAN, i INT, l BIGINT, d DOUBLE, m DECIMAL(10, 3), s STRING, bin BYTES, da DATE, ti TIME(0), ts TIMESTAMP(3), tz TIMESTAMP_LTZ(3))
WITH ('connector' = 'filesystem', 'path' = 'json_to_json.in', 'format' = 'json');
CREATE TABLE o (b BOOLEAN, i INT, l BIGINT, d DOUBLE, m DECIMAL(10, 3), s STRING, bin BYTES, da DATE, ti TIME(0), ts TIMESTAMP(3), tz TIMESTAMP_LTZ(3))
WITH ('connector' = 'filesystem', 'path' = 'written.json', 'format' = 'json');
INSERT INTO o SELECT * FROM t;
