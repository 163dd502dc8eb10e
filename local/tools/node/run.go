package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func init() {
	// The kernel ends the node with the thread that has started it: that must be the one that lasts.
	runtime.LockOSThread()
}

// Makes the namespaces, leads connections into them and out, and stays until they end.
func run(path string) error {
	told, err := readSettings(path)
	if err != nil {
		return err
	}
	if err := enterCgroup(told.Cgroup); err != nil {
		return err
	}
	ready, written, err := os.Pipe()
	if err != nil {
		return err
	}
	child := exec.Command("/proc/self/exe", "init", path)
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	child.ExtraFiles = []*os.File{written}
	child.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC,
		Pdeathsig:  syscall.SIGKILL,
	}
	if err := child.Start(); err != nil {
		return fmt.Errorf("the namespaces cannot be made: %w", err)
	}
	written.Close()
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-asked
		child.Process.Kill()
	}()
	if said, _ := io.ReadAll(ready); string(said) == "ready" {
		if err := lead(told, child.Process.Pid); err != nil {
			child.Process.Kill()
			return err
		}
		pid := strconv.Itoa(child.Process.Pid)
		if err := os.WriteFile(told.Ready, []byte(pid), 0o600); err != nil {
			return err
		}
		log.Printf("the node is process %s", pid)
	}
	return child.Wait()
}

// Leads into the node and out of it, and answers for names.
func lead(told settings, pid int) error {
	inside, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", pid))
	if err != nil {
		return err
	}
	outside, err := os.Open("/proc/self/ns/net")
	if err != nil {
		return err
	}
	node, err := netip.ParsePrefix(told.Address)
	if err != nil {
		return err
	}
	api, err := hostOf(told.API)
	if err != nil {
		return err
	}
	here := func(address string) (string, error) {
		_, port, err := net.SplitHostPort(address)
		return net.JoinHostPort(node.Addr().String(), port), err
	}
	// The API server's own certificate names the loopback address only where it listens on nothing else; pods reach it,
	// and the emulator, at the node's address.
	apiHere, err := here(api)
	if err != nil {
		return err
	}
	for _, from := range []place{{outside, api}, {inside, apiHere}} {
		if err := forward(from, place{inside, api}); err != nil {
			return err
		}
	}
	for _, address := range told.Outward {
		addressHere, err := here(address)
		if err != nil {
			return err
		}
		for _, from := range []string{address, addressHere} {
			if err := forward(place{inside, from}, place{outside, address}); err != nil {
				return err
			}
		}
	}
	var packets net.PacketConn
	err = within(inside, func() (err error) {
		packets, err = net.ListenPacket("udp4", net.JoinHostPort(node.Addr().String(), "53"))
		return err
	})
	if err != nil {
		return err
	}
	names := &names{}
	go names.serve(packets)
	go watch(told, node.Addr(), names, newNodePorts(told, inside, outside))
	return nil
}

// How often the Services are looked at.
const interval = time.Second

func watch(told settings, node netip.Addr, names *names, ports *nodePorts) {
	api := &client{told: told}
	for ; ; time.Sleep(interval) {
		services, err := api.services()
		if err != nil {
			continue
		}
		ports.update(services)
		if slices, err := api.slices(); err == nil {
			names.set(namesOf(node, services, slices))
		}
	}
}
