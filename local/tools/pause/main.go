// Command pause is the first process of every pod on a real node: it holds the pod's namespaces, and waits.
//
// It is linked into an image of its own, so that a node starts without any registry.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for received := range ended {
		if received != syscall.SIGCHLD {
			return
		}
		// Where a pod shares its process namespace, this one is the parent of what nobody waits for.
		for {
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
	}
}
