//go:build !linux

package devpg

import (
	"os/exec"
	"strconv"
	"syscall"
)

// endWithParent can do nothing here: after a kill -9 postgres stays, and the next start ends it.
func endWithParent(*syscall.SysProcAttr, syscall.Signal) {}

// commandLine is what a process was started as; nothing where it is gone.
func commandLine(pid int) string {
	text, err := exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return ""
	}
	return string(text)
}
