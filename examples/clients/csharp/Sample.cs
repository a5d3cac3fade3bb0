PaymentCreateParams parameters = new()
{
    Billing = new()
    {
        Country = CountryCode.Af,
        City = "city",
        State = "state",
        Street = "street",
        Zipcode = "zipcode",
    },
    Customer = new AttachExistingCustomer("customer_id"),
    ProductCart =
    [
        new()
        {
            ProductID = "product_id",
            Quantity = 0,
            Amount = 0,
        },
    ],
};

var payment = await client.Payments.Create(parameters);

Console.WriteLine(payment);
