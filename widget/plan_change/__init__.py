"""Another plan, seen before it is done: show, preview, confirm, undo; cancel and keep; another method."""
