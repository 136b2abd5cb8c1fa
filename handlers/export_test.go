package handlers

// Routes are all routes that the router holds, "GET /verify/:code".
func (s *Site) Routes() ([]string, error) {
	again := *s // the site itself goes on as it is
	engine, err := again.engine()
	if err != nil {
		return nil, err
	}
	var routes []string
	for _, r := range engine.Routes() {
		routes = append(routes, r.Method+" "+r.Path)
	}
	return routes, nil
}

// BodyLimit is how much a form may send.
const BodyLimit = bodyLimit
