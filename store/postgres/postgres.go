package postgres
import ( "github.com/jackc/pgx/v5"
 "github.com/jackc/pgx/v5/pgxpool" )
var _ pgx.Tx
var _ pgxpool.Pool
