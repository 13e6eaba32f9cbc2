"""What a page says of time: machine forms, written dates, statements and sight; the verdict is made elsewhere."""
