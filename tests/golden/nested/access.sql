-- ordered
CREATE TABLE t (id INT, a ARRAY<INT>, m MAP<STRING, INT>, r ROW<x INT, s STRING, z ROW<w ARRAY<STRING>>>, ar ARRAY<ROW<k STRING, v DOUBLE>>)
WITH ('connector' = 'filesystem', 'path' = 'access.in', 'format' = 'json');
SELECT id, a[2], a[3], a[5], a[id], m['b'], m['c'], r.s, t.r.z.w[2], t.r.x, ar[1].k, ar[2].v, CARDINALITY(a), CARDINALITY(m), a IS NULL FROM t;
