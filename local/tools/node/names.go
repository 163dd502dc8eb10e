package main

import (
	"net"
	"net/netip"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"
)

const (
	// Domain of the cluster, as EKS has it.
	domain = ".svc.cluster.local."

	// Name of the AWS emulator for pods: it takes no other host for itself than those of the loopback address.
	awsName = "aws.localhost."

	// More would not fit into a packet.
	mostAnswers = 20

	// Seconds for which an answer is kept.
	lifetime = 2
)

// The names of Services, of pods behind those without an address of their own, and of the AWS emulator.
type names struct {
	mutex sync.RWMutex
	known map[string][]netip.Addr
}

// https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
func namesOf(node netip.Addr, services []service, slices []slice) map[string][]netip.Addr {
	known := map[string][]netip.Addr{awsName: {node}}
	headless := map[string]bool{}
	for _, one := range services {
		name := one.Metadata.Name + "." + one.Metadata.Namespace + domain
		if address, err := netip.ParseAddr(one.Spec.ClusterIP); err == nil {
			known[name] = []netip.Addr{address}
		} else if one.Spec.ClusterIP == "None" {
			headless[name] = true
			known[name] = nil
		}
	}
	for _, one := range slices {
		name := one.Metadata.Labels["kubernetes.io/service-name"] + "." + one.Metadata.Namespace + domain
		if !headless[name] {
			continue
		}
		for _, endpoint := range one.Endpoints {
			if endpoint.Conditions.Ready != nil && !*endpoint.Conditions.Ready {
				continue
			}
			for _, text := range endpoint.Addresses {
				address, err := netip.ParseAddr(text)
				if err != nil {
					continue
				}
				known[name] = append(known[name], address)
				if endpoint.Hostname != "" {
					known[endpoint.Hostname+"."+name] = []netip.Addr{address}
				}
			}
		}
	}
	return known
}

func (n *names) set(known map[string][]netip.Addr) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.known = known
}

func (n *names) serve(packets net.PacketConn) {
	buffer := make([]byte, 4096)
	for {
		length, from, err := packets.ReadFrom(buffer)
		if err != nil {
			return
		}
		if answer, err := n.answer(buffer[:length]); err == nil {
			packets.WriteTo(answer, from)
		}
	}
}

func (n *names) answer(asked []byte) ([]byte, error) {
	var parser dnsmessage.Parser
	header, err := parser.Start(asked)
	if err != nil {
		return nil, err
	}
	question, err := parser.Question()
	if err != nil {
		return nil, err
	}
	n.mutex.RLock()
	addresses, isKnown := n.known[strings.ToLower(question.Name.String())]
	n.mutex.RUnlock()
	header = dnsmessage.Header{
		ID: header.ID, Response: true, Authoritative: true, RecursionDesired: header.RecursionDesired,
	}
	if !isKnown {
		header.RCode = dnsmessage.RCodeNameError
	}
	message := dnsmessage.Message{Header: header, Questions: []dnsmessage.Question{question}}
	if question.Type == dnsmessage.TypeA {
		for _, address := range addresses[:min(len(addresses), mostAnswers)] {
			if address.Is4() {
				message.Answers = append(message.Answers, dnsmessage.Resource{
					Header: dnsmessage.ResourceHeader{Name: question.Name, Class: question.Class, TTL: lifetime},
					Body:   &dnsmessage.AResource{A: address.As4()},
				})
			}
		}
	}
	return message.Pack()
}
