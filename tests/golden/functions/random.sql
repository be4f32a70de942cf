-- parallelism: 1
-- ordered
CREATE TABLE t (n INT) WITH ('connector' = 'filesystem', 'path' = 'random.in', 'format' = 'csv');
SELECT RAND_INTEGER(1, 100), RAND(42) >= 0, RAND() < 1, RAND_INTEGER(n) < n, UUID() <> UUID(), CHAR_LENGTH(UUID()) FROM t;
