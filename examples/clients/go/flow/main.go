// Command flow is a shop's whole life with the published client: payments, refunds, checkouts, subscriptions, licences, webhooks.
//
// It expects DODO_PAYMENTS_BASE_URL and DODO_PAYMENTS_API_KEY, which the client reads itself, and prints a line for each step.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"

	"github.com/dodopayments/dodopayments-go"
	"github.com/dodopayments/dodopayments-go/shared"
)

const dayMS = 86_400_000

var (
	ctx    = context.Background()
	client = dodopayments.NewClient()
	us     = dodopayments.F(dodopayments.BillingAddressParam{Country: dodopayments.F(dodopayments.CountryCodeUs)})
	ada    = dodopayments.F[dodopayments.CustomerRequestUnionParam](
		dodopayments.AttachExistingCustomerParam{CustomerID: dodopayments.F("cus_ada")})
)

func main() {
	log.SetFlags(0)
	receiver := startReceiver()
	endpoint := must(client.Webhooks.New(ctx, dodopayments.WebhookNewParams{URL: dodopayments.F(receiver.url)}))
	receiver.setKey(must(client.Webhooks.GetSecret(ctx, endpoint.ID)).Secret)
	payments()
	checkout()
	subscription()
	licence()
	refusal()
	webhooks(receiver)
	check(client.Webhooks.Delete(ctx, endpoint.ID) == nil, "the endpoint is deleted")
}

func payments() {
	created := must(client.Payments.New(ctx, dodopayments.PaymentNewParams{
		Billing:       us,
		Customer:      ada,
		ProductCart:   dodopayments.F(cart("pdt_ebook", 2)),
		DiscountCodes: dodopayments.F([]string{"SAVE10"}),
		Metadata:      dodopayments.F(dodopayments.MetadataParam{"order": shared.UnionString("17")}),
		PaymentLink:   dodopayments.F(true),
	}))
	check(created.PaymentLink != "" && created.TotalAmount == 2*1999*9/10, "the payment has a link and a total", created.JSON.RawJSON())
	check(created.Metadata["order"] == shared.UnionString("17"), "the metadata", created.Metadata)
	done("create")

	for range 3 {
		must(client.Payments.New(ctx, dodopayments.PaymentNewParams{Billing: us, Customer: ada, ProductCart: dodopayments.F(cart("pdt_ebook", 1))}))
	}
	// The client's paging continues with page 2 unless the first page is requested by its number, 0.
	pager := client.Payments.ListAutoPaging(ctx, dodopayments.PaymentListParams{
		PageSize: dodopayments.F(int64(2)), PageNumber: dodopayments.F(int64(0)),
	})
	listed := map[string]bool{}
	for pager.Next() {
		listed[pager.Current().PaymentID] = true
	}
	check(pager.Err() == nil && listed[created.PaymentID] && len(listed) >= 4, "every payment is listed", pager.Err(), listed)
	done("list")

	control("POST", "/_emulator/payments/"+created.PaymentID+"/pay", card)
	done("pay")
	payment := must(client.Payments.Get(ctx, created.PaymentID))
	check(payment.Status == dodopayments.IntentStatusSucceeded && payment.CardLastFour == "4242", "the payment is paid", payment.Status)
	done("read")
	lines := must(client.Payments.GetLineItems(ctx, created.PaymentID))
	check(len(lines.Items) == 1 && lines.Items[0].ItemsID == "pdt_ebook", "the line items", lines.JSON.RawJSON())
	done("line items")

	refund := must(client.Refunds.New(ctx, dodopayments.RefundNewParams{
		PaymentID: dodopayments.F(created.PaymentID),
		Items: dodopayments.F([]dodopayments.RefundNewParamsItem{{
			ItemID: dodopayments.F("pdt_ebook"), Amount: dodopayments.F(int64(500)),
		}}),
	}))
	check(must(client.Refunds.Get(ctx, refund.RefundID)).IsPartial, "the refund is partial")
	control("POST", "/_emulator/clock", map[string]any{"advance_ms": dayMS}) // a refund settles later
	status := must(client.Payments.Get(ctx, created.PaymentID)).RefundStatus
	check(status == dodopayments.PaymentRefundStatusPartial, "the payment is partly refunded", status)
	done("refund")
}

func checkout() {
	session := must(client.CheckoutSessions.New(ctx, dodopayments.CheckoutSessionNewParams{
		CheckoutSessionRequest: dodopayments.CheckoutSessionRequestParam{
			ProductCart: dodopayments.F([]dodopayments.ProductItemReqParam{{
				ProductID: dodopayments.F("pdt_ebook"), Quantity: dodopayments.F(int64(1)),
			}}),
			Customer: ada,
			BillingAddress: dodopayments.F(dodopayments.CheckoutSessionBillingAddressParam{
				Country: dodopayments.F(dodopayments.CountryCodeDe),
				City:    dodopayments.F("Berlin"),
				Street:  dodopayments.F("Ring 1"),
				Zipcode: dodopayments.F("10117"),
			}),
		},
	}))
	check(session.CheckoutURL != "", "the session has a link")
	control("POST", "/_emulator/checkouts/"+session.SessionID+"/pay", card)
	status := must(client.CheckoutSessions.Get(ctx, session.SessionID)).PaymentStatus
	check(status == dodopayments.IntentStatusSucceeded, "the session is paid", status)
	done("checkout")
}

func subscription() {
	created := must(client.Subscriptions.New(ctx, dodopayments.SubscriptionNewParams{
		Billing:     us,
		Customer:    ada,
		ProductID:   dodopayments.F("pdt_pro_monthly"),
		Quantity:    dodopayments.F(int64(1)),
		PaymentLink: dodopayments.F(true),
	}))
	control("POST", "/_emulator/payments/"+created.PaymentID+"/pay", card)
	for range 3 {
		control("POST", "/_emulator/clock", map[string]any{
			"until": map[string]any{"subscription_id": created.SubscriptionID, "event": "renewed"},
		})
	}
	status := must(client.Subscriptions.Get(ctx, created.SubscriptionID)).Status
	check(status == dodopayments.SubscriptionStatusActive, "the subscription is active", status)
	page := must(client.Payments.List(ctx, dodopayments.PaymentListParams{SubscriptionID: dodopayments.F(created.SubscriptionID)}))
	check(len(page.Items) == 4, "the first payment and three renewals", len(page.Items))
	for _, payment := range page.Items {
		check(payment.Status == dodopayments.IntentStatusSucceeded, "each payment succeeded", payment.Status)
	}
	done("subscription")
}

func licence() {
	created := must(client.Payments.New(ctx, dodopayments.PaymentNewParams{
		Billing: us, Customer: ada, ProductCart: dodopayments.F(cart("pdt_license", 1)), PaymentLink: dodopayments.F(true),
	}))
	control("POST", "/_emulator/payments/"+created.PaymentID+"/pay", card)
	control("GET", "/_emulator/idle", nil)
	keys := must(client.LicenseKeys.List(ctx, dodopayments.LicenseKeyListParams{CustomerID: dodopayments.F("cus_ada")}))
	check(len(keys.Items) == 1, "one key", len(keys.Items))
	key := dodopayments.F(keys.Items[0].Key)
	instance := must(client.Licenses.Activate(ctx, dodopayments.LicenseActivateParams{LicenseKey: key, Name: dodopayments.F("laptop")}))
	id := dodopayments.F(instance.ID)
	valid := must(client.Licenses.Validate(ctx, dodopayments.LicenseValidateParams{LicenseKey: key, LicenseKeyInstanceID: id}))
	check(valid.Valid, "the key is valid")
	err := client.Licenses.Deactivate(ctx, dodopayments.LicenseDeactivateParams{LicenseKey: key, LicenseKeyInstanceID: id})
	check(err == nil, "the key is deactivated", err)
	unknown := must(client.Licenses.Validate(ctx, dodopayments.LicenseValidateParams{LicenseKey: dodopayments.F("unknown")}))
	check(!unknown.Valid, "an unknown key is not valid")
	done("licence")
}

func refusal() {
	_, err := client.Payments.New(ctx, dodopayments.PaymentNewParams{Billing: us, Customer: ada, ProductCart: dodopayments.F(cart("pdt_none", 1))})
	var refused *dodopayments.Error
	check(errors.As(err, &refused) && refused.StatusCode == http.StatusUnprocessableEntity, "an unknown product is refused", err)
	fmt.Println("  ", err)
	done("refusal")
}

func webhooks(receiver *receiver) {
	control("GET", "/_emulator/idle", nil)
	for _, kind := range []string{"payment.succeeded", "refund.succeeded", "subscription.renewed", "license_key.created"} {
		check(receiver.has(kind), kind+" was received", receiver.types())
	}
	reply := must(http.Post(receiver.url, "application/json", strings.NewReader("{}")))
	check(reply.StatusCode == http.StatusUnauthorized, "a forged delivery is refused", reply.Status)
	done("webhook")
}

func cart(product string, quantity int64) []dodopayments.OneTimeProductCartItemParam {
	return []dodopayments.OneTimeProductCartItemParam{{ProductID: dodopayments.F(product), Quantity: dodopayments.F(quantity)}}
}

var card = map[string]any{"card": "4242424242424242"}

// control calls the emulator's control API: what the customer and the clock do.
func control(method, path string, body any) {
	content := must(json.Marshal(body))
	request := must(http.NewRequestWithContext(ctx, method, os.Getenv("DODO_PAYMENTS_BASE_URL")+path, nil))
	if body != nil {
		request.Body = io.NopCloser(bytes.NewReader(content))
		request.ContentLength = int64(len(content))
		request.Header.Set("content-type", "application/json")
	}
	reply := must(http.DefaultClient.Do(request))
	defer reply.Body.Close()
	text := must(io.ReadAll(reply.Body))
	check(reply.StatusCode == http.StatusOK, method+" "+path, string(text))
}

func done(step string) { fmt.Println("ok", step) }

func check(holds bool, what string, more ...any) {
	if !holds {
		log.Fatalln(append([]any{"not ok:", what}, more...)...)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatalln("not ok:", err)
	}
	return value
}
