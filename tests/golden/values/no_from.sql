SELECT 1, 'a' || 'b', CAST(NULL AS INT) + 1, 2 > 1;
