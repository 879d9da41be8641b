"""What hostile input does to pykmeans and to its peers: ``python -m bench.hostile`` prints a table."""
