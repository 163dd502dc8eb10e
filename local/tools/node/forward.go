package main

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// An address in a network namespace.
type place struct {
	namespace *os.File
	address   string
}

func hostOf(address string) (string, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	return parsed.Host, nil
}

// Leads every connection to one place on to another.
func forward(from, to place) error {
	_, err := listen(from, to)
	return err
}

func listen(from, to place) (net.Listener, error) {
	var listener net.Listener
	err := within(from.namespace, func() (err error) {
		listener, err = net.Listen("tcp4", from.address)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("nothing can listen on %s: %w", from.address, err)
	}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go connect(client.(*net.TCPConn), to)
		}
	}()
	return listener, nil
}

func connect(client *net.TCPConn, to place) {
	defer client.Close()
	var server net.Conn
	err := within(to.namespace, func() (err error) {
		server, err = net.Dial("tcp4", to.address)
		return err
	})
	if err != nil {
		return
	}
	defer server.Close()
	done := make(chan struct{})
	go func() {
		io.Copy(server, client)
		server.(*net.TCPConn).CloseWrite()
		close(done)
	}()
	io.Copy(client, server)
	client.CloseWrite()
	<-done
}

// Does something in a network namespace: a socket stays in the one that it was made in.
func within(namespace *os.File, work func() error) error {
	result := make(chan error)
	go func() {
		// Never unlocked: the thread ends with this, and nothing else runs in the wrong namespace.
		runtime.LockOSThread()
		if err := unix.Setns(int(namespace.Fd()), unix.CLONE_NEWNET); err != nil {
			result <- err
			return
		}
		result <- work()
	}()
	return <-result
}
