package main

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// A Kubernetes API over TLS, and a client that is told its authority and a token.
func api(t *testing.T, status int, body string) (*client, *http.Request) {
	t.Helper()
	asked := &http.Request{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		*asked = *request
		answer.WriteHeader(status)
		answer.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	told := settings{
		API:       server.URL,
		Authority: filepath.Join(t.TempDir(), "ca.crt"),
		Token:     filepath.Join(t.TempDir(), "token"),
	}
	for path, content := range map[string][]byte{told.Authority: authority, told.Token: []byte("secret\n")} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &client{told: told}, asked
}

func TestListsServicesByTheToken(t *testing.T) {
	asks, asked := api(t, http.StatusOK, `{"items":[{"metadata":{"name":"app"},"spec":{"ports":[{"nodePort":30080,"protocol":"TCP"}]}}]}`)
	found, err := asks.services()
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || found[0].Metadata.Name != "app" || found[0].Spec.Ports[0].NodePort != 30080 {
		t.Errorf("found is %+v", found)
	}
	if asked.URL.Path != "/api/v1/services" || asked.Header.Get("Authorization") != "Bearer secret" {
		t.Errorf("asked %s as %q", asked.URL.Path, asked.Header.Get("Authorization"))
	}
}

func TestSaysThatTheAPIRefuses(t *testing.T) {
	asks, _ := api(t, http.StatusForbidden, `{}`)
	if found, err := asks.slices(); err == nil {
		t.Errorf("found %v", found)
	}
}

// An API server that was started anew has another authority under the same path.
func TestTakesTheAuthorityThatIsThereNow(t *testing.T) {
	asks, _ := api(t, http.StatusOK, `{"items":[]}`)
	own, err := os.ReadFile(asks.told.Authority)
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(asks.told.Authority, []byte("another"), 0o600)
	if _, err := asks.services(); err == nil {
		t.Fatal("an API of an unknown authority is trusted")
	}
	os.WriteFile(asks.told.Authority, own, 0o600)
	if _, err := asks.services(); err != nil {
		t.Error(err)
	}
}

func TestWaitsForAnAuthority(t *testing.T) {
	asks := &client{told: settings{Authority: filepath.Join(t.TempDir(), "missing")}}
	if err := asks.connect(); err == nil {
		t.Error("connected without an authority")
	}
}
