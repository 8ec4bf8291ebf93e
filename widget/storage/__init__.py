"""What we remember: tables, named questions, migrations. The only room that knows Piccolo."""
