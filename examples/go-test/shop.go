// Package shop is the program under test. It contains no code for the emulator.
package shop

import (
	"context"
	"io"
	"net/http"
	"sync"

	"github.com/dodopayments/dodopayments-go"
	"github.com/dodopayments/dodopayments-go/option"
)

// Shop sells an e-book, and knows from webhooks which orders are paid.
type Shop struct {
	Client *dodopayments.Client
	// Key verifies webhooks.
	Key   string
	mutex sync.Mutex
	paid  map[string]bool
}

// Sell returns the id of a checkout session.
func (s *Shop) Sell(ctx context.Context, quantity int64) (string, error) {
	session, err := s.Client.CheckoutSessions.New(ctx, dodopayments.CheckoutSessionNewParams{
		CheckoutSessionRequest: dodopayments.CheckoutSessionRequestParam{
			ProductCart: dodopayments.F([]dodopayments.ProductItemReqParam{{
				ProductID: dodopayments.F("pdt_ebook"), Quantity: dodopayments.F(quantity),
			}}),
			Customer: dodopayments.F[dodopayments.CustomerRequestUnionParam](dodopayments.NewCustomerParam{
				Email: dodopayments.F("nina@example.com"), Name: dodopayments.F("Nina"),
			}),
			BillingAddress: dodopayments.F(dodopayments.CheckoutSessionBillingAddressParam{
				Country: dodopayments.F(dodopayments.CountryCodeDe),
				City:    dodopayments.F("Berlin"),
				Street:  dodopayments.F("Ring 1"),
				Zipcode: dodopayments.F("10117"),
			}),
		},
	})
	if err != nil {
		return "", err
	}
	return session.SessionID, nil
}

// Hear handles a webhook. It refuses one that is not signed with Key.
func (s *Shop) Hear(writer http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		writer.WriteHeader(http.StatusBadRequest)
		return
	}
	event, err := s.Client.Webhooks.Unwrap(body, request.Header, option.WithWebhookKey(s.Key))
	if err != nil {
		writer.WriteHeader(http.StatusUnauthorized)
		return
	}
	if payment, ok := event.Data.(dodopayments.Payment); ok && event.Type == dodopayments.UnwrapWebhookEventTypePaymentSucceeded {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.paid[payment.CheckoutSessionID] = true
	}
}

// IsPaid says whether an order is known to be paid.
func (s *Shop) IsPaid(order string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.paid[order]
}
