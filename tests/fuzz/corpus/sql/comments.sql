/* a */ SELECT 1 -- b
/* not closed