package templates

// Parts of pages are made from the page where that is enough, and from the small structs below where
// a part shows one thing out of a list.

// A StepLine is a step in a list.
type StepLine struct {
	Base
	Step Step
}

// Line is a step, for its part.
func (b Base) Line(s Step) StepLine { return StepLine{Base: b, Step: s} }

// Word is how far the visitor is with the step, or "".
func (l StepLine) Word() string {
	switch l.Step.State {
	case StepRead:
		if l.Step.Quiz {
			return l.T("step.sent")
		}
		return l.T("step.read")
	case StepPassed:
		return l.T("step.passed")
	case StepTried:
		return l.T("step.tried")
	case StepNext:
		return l.T("step.next")
	default:
		return ""
	}
}

// Done reports whether nothing is left to do in the step.
func (s Step) Done() bool { return s.State == StepRead || s.State == StepPassed }

// A RequirementList is the rules of a course and how they stand.
type RequirementList struct {
	Base
	Requirements []Requirement
}

// Remaining is the rules of a course, for their part.
func (b Base) Remaining(rs []Requirement) RequirementList {
	return RequirementList{Base: b, Requirements: rs}
}

// A DoneOf is how many steps are done out of all.
type DoneOf struct {
	Base
	Done  int
	Total int
}

// HowFar is how many steps are done, for its part.
func (b Base) HowFar(done, total int) DoneOf { return DoneOf{Base: b, Done: done, Total: total} }

// A CertificateNotice says that there is a certificate.
type CertificateNotice struct {
	Base
	Certificate *CertificateLink
}

// CertificateReady is the news of a certificate, for its part.
func (b Base) CertificateReady(c *CertificateLink) CertificateNotice {
	return CertificateNotice{Base: b, Certificate: c}
}
