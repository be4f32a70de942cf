SELECT 'never closed
;