package reports

// Inert is inert.
func Inert(s string) string { return inert(s) }
