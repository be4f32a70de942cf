CREATE TABLE t (s STRING) WITH ('connector' = 'filesystem', 'path' = 'hashes.in', 'format' = 'csv', 'csv.field-delimiter' = '|');
SELECT SHA1(s), SHA224(s), SHA256(s), SHA384(s), SHA512(s), SHA2(s, 384) = SHA384(s) FROM t;
