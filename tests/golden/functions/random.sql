-- parallelism: 1
-- ordered
-- unstoppable: a generator with a seed begins anew with the process, as in Flink
CREATE TABLE t (n INT) WITH ('connector' = 'filesystem', 'path' = 'random.in', 'format' = 'csv');
SELECT RAND_INTEGER(1, 100), RAND(42) >= 0, RAND() < 1, RAND_INTEGER(n) < n, UUID() <> UUID(), CHAR_LENGTH(UUID()) FROM t;
