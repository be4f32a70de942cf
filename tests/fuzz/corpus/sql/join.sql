SELECT a.id, b.id FROM orders AS a JOIN orders b ON a.user_id = b.user_id AND a.ts BETWEEN b.ts - INTERVAL '1' HOUR AND b.ts;
