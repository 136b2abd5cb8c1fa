package devpg

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// endWithParent has the kernel send the signal to the child when we die, even by kill -9.
func endWithParent(attr *syscall.SysProcAttr, signal syscall.Signal) { attr.Pdeathsig = signal }

// commandLine is what a process was started as; nothing where it is gone. A minimal Debian has no ps.
func commandLine(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(string(text), "\x00", " ")
}
