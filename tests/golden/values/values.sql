-- ordered
-- Each column has the type that its values have in common.
SELECT a, b, UPPER(c) AS c, a + 1 AS d
FROM (VALUES (1, 2.5, 'x'), (2, NULL, 'yy'), (3, 1, NULL), (4, 0, 'zzz')) AS t (a, b, c)
WHERE a <> 2;
