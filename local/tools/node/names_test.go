package main

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

const served = `[
	{"metadata":{"name":"app","namespace":"dev"},"spec":{"clusterIP":"10.96.0.7"}},
	{"metadata":{"name":"peers","namespace":"dev"},"spec":{"clusterIP":"None"}},
	{"metadata":{"name":"outside","namespace":"dev"},"spec":{"clusterIP":""}}
]`

const behind = `[
	{"metadata":{"namespace":"dev","labels":{"kubernetes.io/service-name":"peers"}},"endpoints":[
		{"addresses":["10.244.0.5"],"hostname":"peer-0","conditions":{"ready":true}},
		{"addresses":["10.244.0.6"],"conditions":{"ready":false}},
		{"addresses":["10.244.0.8"],"conditions":{}},
		{"addresses":["no address"],"conditions":{}}]},
	{"metadata":{"namespace":"dev","labels":{"kubernetes.io/service-name":"app"}},"endpoints":[
		{"addresses":["10.244.0.9"],"conditions":{"ready":true}}]}
]`

func knownNames(t *testing.T) map[string][]netip.Addr {
	t.Helper()
	var services []service
	var slices []slice
	for text, into := range map[string]any{served: &services, behind: &slices} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	return namesOf(netip.MustParseAddr("172.20.0.2"), services, slices)
}

func TestNamesOfServicesAndPods(t *testing.T) {
	known := knownNames(t)
	for name, wanted := range map[string]string{
		"app.dev.svc.cluster.local.": "[10.96.0.7]",
		// Pods that are ready, and those of which nobody says whether they are.
		"peers.dev.svc.cluster.local.":        "[10.244.0.5 10.244.0.8]",
		"peer-0.peers.dev.svc.cluster.local.": "[10.244.0.5]",
		"aws.localhost.":                      "[172.20.0.2]",
	} {
		if found := fmt.Sprint(known[name]); found != wanted {
			t.Errorf("%s is %s, and not %s", name, found, wanted)
		}
	}
	if _, isKnown := known["outside.dev.svc.cluster.local."]; isKnown {
		t.Error("a Service without an address has a name")
	}
}

func ask(t *testing.T, known map[string][]netip.Addr, name string, kind dnsmessage.Type) dnsmessage.Message {
	t.Helper()
	question := dnsmessage.Question{Name: dnsmessage.MustNewName(name), Type: kind, Class: dnsmessage.ClassINET}
	asked := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: 7, RecursionDesired: true},
		Questions: []dnsmessage.Question{question},
	}
	packed, err := asked.Pack()
	if err != nil {
		t.Fatal(err)
	}
	all := names{known: known}
	answer, err := all.answer(packed)
	if err != nil {
		t.Fatal(err)
	}
	var message dnsmessage.Message
	if err := message.Unpack(answer); err != nil {
		t.Fatal(err)
	}
	return message
}

func TestAnswersInAnySpelling(t *testing.T) {
	message := ask(t, knownNames(t), "APP.dev.svc.cluster.LOCAL.", dnsmessage.TypeA)
	if message.ID != 7 || !message.Response || message.RCode != dnsmessage.RCodeSuccess {
		t.Fatalf("the header is %+v", message.Header)
	}
	if len(message.Answers) != 1 {
		t.Fatalf("%d answers, and not 1", len(message.Answers))
	}
	if body := message.Answers[0].Body.(*dnsmessage.AResource); body.A != [4]byte{10, 96, 0, 7} {
		t.Errorf("the address is %v", body.A)
	}
}

func TestSaysThatANameDoesNotExist(t *testing.T) {
	message := ask(t, knownNames(t), "other.dev.svc.cluster.local.", dnsmessage.TypeA)
	if message.RCode != dnsmessage.RCodeNameError {
		t.Errorf("the code is %v", message.RCode)
	}
}

// A name error here would end the search for the IPv4 address too.
func TestHasNoIPv6AddressOfAKnownName(t *testing.T) {
	message := ask(t, knownNames(t), "app.dev.svc.cluster.local.", dnsmessage.TypeAAAA)
	if message.RCode != dnsmessage.RCodeSuccess || len(message.Answers) != 0 {
		t.Errorf("the code is %v, with %d answers", message.RCode, len(message.Answers))
	}
}

func TestAnswersFitIntoAPacket(t *testing.T) {
	many := make([]netip.Addr, 100)
	for at := range many {
		many[at] = netip.AddrFrom4([4]byte{10, 244, 1, byte(at)})
	}
	message := ask(t, map[string][]netip.Addr{"many.": many}, "many.", dnsmessage.TypeA)
	if len(message.Answers) != mostAnswers {
		t.Errorf("%d answers, and not %d", len(message.Answers), mostAnswers)
	}
}

func TestWhatIsNoQuestionHasNoAnswer(t *testing.T) {
	all := names{}
	for _, packet := range [][]byte{nil, {1, 2, 3}, make([]byte, 12)} {
		if answer, err := all.answer(packet); err == nil {
			t.Errorf("%v is answered by %v", packet, answer)
		}
	}
}
