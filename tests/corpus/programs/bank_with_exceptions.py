# corpus: compiled=transfer,run
class Insufficient(Exception):
    def __init__(self, need, have):
        super().__init__(f"need {need}, have {have}")
        self.need, self.have = need, have


class Account:
    def __init__(self, balance):
        self.balance = balance
        self.history = []

    def withdraw(self, amount):
        if amount > self.balance:
            raise Insufficient(amount, self.balance)
        self.balance -= amount
        self.history.append(-amount)

    def deposit(self, amount):
        if amount < 0:
            raise ValueError("negative")
        self.balance += amount
        self.history.append(amount)


def transfer(a, b, amount):
    a.withdraw(amount)
    try:
        b.deposit(amount)
    except ValueError:
        a.deposit(-amount)
        raise


def run(n):
    a, b = Account(1000), Account(50)
    failed = []
    for i in range(n):
        try:
            transfer(a, b, (i * 37) % 90) if i % 3 else transfer(b, a, (i * 13) % 70 - (i % 50 == 0))
        except Insufficient as error:
            failed.append((i, error.need, error.have))
        except ValueError as error:
            failed.append((i, str(error)))
    return a.balance, b.balance, len(a.history), failed


print(run(10))
print(run(120))
