def test_x(trained_lab):
    print(trained_lab)
