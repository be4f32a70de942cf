CREATE TABLE t (
  k STRING,
  doubled AS v * 2,
  v INT NOT NULL,
  label AS CASE WHEN v > 1 THEN UPPER(k) ELSE k END,
  PRIMARY KEY (k) NOT ENFORCED
) COMMENT 'computed columns are not in the file'
WITH ('connector' = 'filesystem', 'path' = 'kv.in', 'format' = 'csv');
SELECT * FROM t;
