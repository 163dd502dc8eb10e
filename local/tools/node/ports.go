package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"strings"
)

// The ports of Services (NodePort, LoadBalancer) on the machine's loopback address.
type nodePorts struct {
	inside, outside *os.File
	address         string
	open            map[int]net.Listener
	refused         map[int]bool
}

func newNodePorts(told settings, inside, outside *os.File) *nodePorts {
	address, _, _ := strings.Cut(told.Address, "/")
	return &nodePorts{inside, outside, address, map[int]net.Listener{}, map[int]bool{}}
}

// Opens what is not open yet, and closes what no Service has any more.
func (n *nodePorts) update(services []service) {
	wanted := map[int]bool{}
	for _, one := range services {
		for _, port := range one.Spec.Ports {
			if port.NodePort != 0 && port.Protocol == "TCP" {
				wanted[port.NodePort] = true
			}
		}
	}
	for port, listener := range n.open {
		if !wanted[port] {
			listener.Close()
			delete(n.open, port)
		}
	}
	for port := range wanted {
		if n.open[port] != nil {
			continue
		}
		listener, err := listen(
			place{n.outside, fmt.Sprintf("127.0.0.1:%d", port)},
			place{n.inside, fmt.Sprintf("%s:%d", n.address, port)},
		)
		if err == nil {
			n.open[port] = listener
		} else if !n.refused[port] {
			log.Printf("the port of a Service is not led in: %s", err)
			n.refused[port] = true
		}
	}
}
