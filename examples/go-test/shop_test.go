package shop

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"example.test/dodo-emulator/go-test/emulator"
	"github.com/dodopayments/dodopayments-go"
	"github.com/dodopayments/dodopayments-go/option"
)

func TestMain(m *testing.M) { os.Exit(emulator.Main(m)) }

// open returns a shop whose webhook endpoint runs until the test ends.
func open(t *testing.T, sandbox *emulator.Sandbox) *Shop {
	client := dodopayments.NewClient(option.WithBaseURL(sandbox.URL), option.WithBearerToken("test"))
	shop := &Shop{Client: client, paid: map[string]bool{}}
	server := httptest.NewServer(http.HandlerFunc(shop.Hear))
	t.Cleanup(server.Close)
	endpoint, err := client.Webhooks.New(context.Background(), dodopayments.WebhookNewParams{URL: dodopayments.F(server.URL)})
	if err != nil {
		t.Fatal(err)
	}
	secret, err := client.Webhooks.GetSecret(context.Background(), endpoint.ID)
	if err != nil {
		t.Fatal(err)
	}
	shop.Key = secret.Secret
	return shop
}

func TestAPaidOrderIsKnownToBePaid(t *testing.T) {
	t.Parallel()
	sandbox := emulator.New(t)
	shop := open(t, sandbox)
	order, err := shop.Sell(context.Background(), 2)
	if err != nil {
		t.Fatal(err)
	}
	sandbox.Pay(order, "4242424242424242")
	sandbox.WaitForEvent("payment.succeeded")
	sandbox.Idle()
	if !shop.IsPaid(order) {
		t.Error("the order is not paid")
	}
}

func TestADeclinedCardLeavesItUnpaid(t *testing.T) {
	t.Parallel()
	sandbox := emulator.New(t)
	shop := open(t, sandbox)
	order, err := shop.Sell(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	sandbox.Pay(order, "4000000000000002")
	sandbox.WaitForEvent("payment.failed")
	sandbox.Idle()
	if shop.IsPaid(order) {
		t.Error("the order is paid")
	}
}
