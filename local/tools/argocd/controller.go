package main

import (
	"context"
	"crypto/subtle"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"

	commitclient "github.com/argoproj/argo-cd/v3/commitserver/apiclient"
	"github.com/argoproj/argo-cd/v3/common"
	"github.com/argoproj/argo-cd/v3/controller"
	"github.com/argoproj/argo-cd/v3/controller/sharding"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	appclientset "github.com/argoproj/argo-cd/v3/pkg/client/clientset/versioned"
	"github.com/argoproj/argo-cd/v3/pkg/ratelimiter"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v3/util/argo"
	"github.com/argoproj/argo-cd/v3/util/argo/normalizers"
	cacheutil "github.com/argoproj/argo-cd/v3/util/cache"
	appstatecache "github.com/argoproj/argo-cd/v3/util/cache/appstate"
	"github.com/argoproj/argo-cd/v3/util/cli"
	kubeutil "github.com/argoproj/argo-cd/v3/util/kube"
	"github.com/argoproj/argo-cd/v3/util/settings"
)

// Bearer token that the controller's metrics want; in the environment, which other users cannot read as they can
// arguments.
const tokenVariable = "GROUNDPLAN_METRICS_TOKEN"

// applicationController compares Applications with the cluster and applies them. What is not a flag here is the default
// of Argo CD's own command, but for fewer workers.
func applicationController() *cobra.Command {
	var socket string
	var metricsPort int
	var resync time.Duration
	var client *redis.Client
	var openCache func() (*appstatecache.Cache, error)
	command := &cobra.Command{Use: "argocd-application-controller", Args: cobra.NoArgs}
	clientConfig := cli.AddKubectlFlagsToCmd(command)
	command.RunE = func(*cobra.Command, []string) error {
		cli.SetLogFormat("json")
		cli.SetLogLevel("warn")
		token := os.Getenv(tokenVariable)
		if token == "" {
			return fmt.Errorf("no token for the metrics: set %s", tokenVariable)
		}
		namespace, _, err := clientConfig.Namespace()
		if err != nil {
			return err
		}
		config, err := clientConfig.ClientConfig()
		if err != nil {
			return err
		}
		if err := v1alpha1.SetK8SConfigDefaults(config); err != nil {
			return err
		}
		config.UserAgent = common.DefaultApplicationControllerName
		kubeClient, err := kubernetes.NewForConfig(config)
		if err != nil {
			return err
		}
		appClient, err := appclientset.NewForConfig(config)
		if err != nil {
			return err
		}
		opened, err := openCache()
		if err != nil {
			return err
		}
		opened.Cache.SetClient(cacheutil.NewTwoLevelClient(opened.Cache.GetClient(), 10*time.Minute))

		ended, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		var running *controller.ApplicationController
		manager := settings.NewSettingsManager(ended, kubeClient, namespace, settings.WithRepoOrClusterChangedHandler(func() {
			running.InvalidateProjectsCache()
		}))
		shards, err := sharding.GetClusterSharding(kubeClient, manager, common.DefaultShardingAlgorithm, false)
		if err != nil {
			return err
		}
		running, err = controller.NewApplicationController(
			namespace,
			manager,
			kubeClient,
			appClient,
			apiclient.NewRepoServerClientset("unix:"+socket, 60, apiclient.TLSConfiguration{DisableTLS: true}),
			commitclient.NewCommitServerClientset(common.DefaultCommitServerAddr),
			opened,
			kubeutil.NewKubectl(),
			resync,
			0, // hard resync: never
			0, // jitter of the resync: none
			0, // self-heal: at once
			&wait.Backoff{Duration: 2 * time.Second, Factor: 3, Cap: 300 * time.Second},
			330*time.Second, // after which that backoff begins anew
			0,               // limit of a sync: none
			180*time.Second, // for which errors of the repository server are tolerated
			metricsPort,
			0, // expiration of metrics: never
			nil,
			nil,
			nil,
			20, // calls of kubectl at once
			false,
			shards,
			nil,
			ratelimiter.GetDefaultAppRateLimiterConfig(),
			false,
			false,
			normalizers.IgnoreNormalizerOpts{},
			argo.DefaultEnableEventList(),
			false,
		)
		if err != nil {
			return err
		}
		metrics := running.GetMetricsServer()
		cacheutil.CollectMetrics(client, metrics, nil)
		// The controller serves them on all addresses.
		metrics.Addr = fmt.Sprintf("127.0.0.1:%d", metricsPort)
		metrics.Handler = withToken(token, metrics.Handler)
		go running.Run(ended, 4, 2)
		<-ended.Done()
		return nil
	}
	command.Flags().StringVar(&socket, "repository-socket", "repository.sock", "path on which the repository server listens")
	command.Flags().IntVar(&metricsPort, "metrics-port", 0, "port of the loopback address")
	command.Flags().DurationVar(&resync, "app-resync", 2*time.Minute, "after which an Application is compared again")
	openCache = appstatecache.AddCacheFlagsToCmd(command, cacheutil.Options{
		OnClientCreated: func(created *redis.Client) { client = created },
	})
	return command
}

// withToken serves only requests that bear the token.
func withToken(token string, next http.Handler) http.Handler {
	wanted := []byte("Bearer " + token)
	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		given := []byte(request.Header.Get("Authorization"))
		if subtle.ConstantTimeCompare(given, wanted) != 1 {
			http.Error(response, "unauthorized", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(response, request)
	})
}
